-- What people are voting on now, a line for each.
SELECT 'poll ' || coalesce(slug, id::text) || ' until ' || to_char(ends_at, 'YYYY-MM-DD HH24:MI') || ' UTC'
FROM polls WHERE hidden_at IS NULL AND (now() AT TIME ZONE 'UTC') BETWEEN starts_at AND ends_at
UNION ALL
SELECT 'budget ' || slug FROM budgets WHERE published AND phase = 'balloting';
