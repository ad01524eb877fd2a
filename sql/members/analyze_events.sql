-- Tells the planner about what a big import brought, rather than waiting for autovacuum.
analyze members, engagement_events, score_dues
