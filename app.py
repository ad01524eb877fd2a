"""The dashboard: page config, and navigation by section. Nothing else."""

import streamlit as st

from bee.access import StaffRole
from bee.ui.frame import Screen, show

PRODUCT, COACH, ONCALL, ADMIN = StaffRole.PRODUCT, StaffRole.COACH, StaffRole.ONCALL, StaffRole.ADMIN

st.set_page_config(page_title="BEE", page_icon="static/mark.svg", layout="wide")
show(
    {
        "Engagement": [
            Screen("engagement/overview.py", "Overview", "trending_up", (PRODUCT, COACH)),
            Screen("engagement/member.py", "Member", "person_search", (PRODUCT, COACH)),
        ],
        "Service health": [
            Screen("service/now.py", "Now", "emergency_heat", (ONCALL,)),
            Screen("service/levels.py", "Service levels", "monitoring", (ONCALL,)),
            Screen("service/alerts.py", "Alerts", "notification_important", (ONCALL,)),
            Screen("service/incidents.py", "Incidents", "timeline", (ONCALL,)),
            Screen("service/jobs.py", "Jobs", "manufacturing", (ONCALL, ADMIN)),
            Screen("service/limits.py", "Limits", "speed", (ONCALL, ADMIN)),
        ],
        "Notifications": [
            Screen("notifications/log.py", "Log", "notifications", (PRODUCT, COACH, ONCALL)),
            Screen("notifications/compose.py", "Compose", "edit_notifications", (PRODUCT,)),
            Screen("notifications/rules.py", "Rules", "rule", (PRODUCT,)),
            Screen("notifications/tokens.py", "Tokens", "smartphone", (PRODUCT, ONCALL)),
            Screen("notifications/kill_switch.py", "Kill switch", "block", (ONCALL, ADMIN)),
        ],
        "Coaching": [
            Screen("coaching/today.py", "Today", "task_alt", (COACH,)),
            Screen("coaching/safety.py", "Safety", "health_and_safety", (COACH,)),
            Screen("coaching/memory.py", "Memory", "psychology", (COACH,)),
        ],
        "Coaching lab": [
            Screen("coaching/prompts.py", "Prompts", "edit_note", (COACH,)),
            Screen("coaching/playground.py", "Playground", "science", (COACH,)),
            Screen("coaching/cases.py", "Cases", "quiz", (COACH,)),
            Screen("coaching/runs.py", "Runs", "experiment", (COACH,)),
            Screen("coaching/review.py", "Blind review", "compare", (COACH,)),
            Screen("coaching/replay.py", "Replay", "replay", (COACH,)),
            Screen("coaching/usage.py", "Use and cost", "payments", (COACH,)),
        ],
        "Admin": [
            Screen("admin/staff.py", "Staff", "badge", (ADMIN,)),
            Screen("admin/audit.py", "Audit", "policy", (ONCALL, ADMIN)),
        ],
        "Account": [Screen("account/password.py", "Password", "key", ())],
    }
)
