-- One row: whether anybody ever said which version of a rule is in force. Index: notification_rule_activations_rule.
select exists (select from notification_rule_activations where rule = :rule)
