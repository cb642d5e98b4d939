-- Per vraagstuk: how many people took part, and how often. What was hidden, who was erased and the fictitious people of
-- an example (crowd.rb) do not count.
WITH asked AS (
  SELECT key, record_type, record_id FROM ddconsul.objects
  WHERE record_type IN ('Poll', 'Budget', 'Legislation::Process', 'Debate')
), on_questions AS (
  SELECT asked.key, question.id FROM asked JOIN legislation_questions AS question
    ON record_type = 'Legislation::Process' AND question.legislation_process_id = record_id
), on_investments AS (
  SELECT asked.key, investment.id, investment.author_id FROM asked JOIN budget_investments AS investment
    ON record_type = 'Budget' AND investment.budget_id = record_id AND investment.hidden_at IS NULL
), on_drafts AS (
  SELECT asked.key, annotation.id, annotation.author_id FROM asked
  JOIN legislation_draft_versions AS draft
    ON record_type = 'Legislation::Process' AND draft.legislation_process_id = record_id
  JOIN legislation_annotations AS annotation ON annotation.legislation_draft_version_id = draft.id
  WHERE annotation.hidden_at IS NULL
), on_proposals AS (
  SELECT asked.key, proposal.id, proposal.author_id FROM asked JOIN legislation_proposals AS proposal
    ON record_type = 'Legislation::Process' AND proposal.legislation_process_id = record_id
    AND proposal.hidden_at IS NULL
), subjects(key, type, id) AS (
  SELECT key, record_type, record_id FROM asked
  UNION ALL SELECT key, 'Legislation::Question', id FROM on_questions
  UNION ALL SELECT key, 'Budget::Investment', id FROM on_investments
  UNION ALL SELECT key, 'Legislation::Annotation', id FROM on_drafts
  UNION ALL SELECT key, 'Legislation::Proposal', id FROM on_proposals
), deeds(key, who) AS (
  SELECT key, voter.user_id FROM asked JOIN poll_voters AS voter ON record_type = 'Poll' AND poll_id = record_id
  UNION ALL
  SELECT key, ballot.user_id FROM asked JOIN budget_ballots AS ballot
    ON record_type = 'Budget' AND ballot.budget_id = record_id AND ballot.ballot_lines_count > 0
  UNION ALL SELECT key, answer.user_id FROM on_questions
    JOIN legislation_answers AS answer ON answer.legislation_question_id = on_questions.id
  UNION ALL SELECT key, author_id FROM on_investments
  UNION ALL SELECT key, author_id FROM on_drafts
  UNION ALL SELECT key, author_id FROM on_proposals
  UNION ALL SELECT key, comment.user_id FROM subjects JOIN comments AS comment
    ON comment.commentable_type = type AND comment.commentable_id = subjects.id AND comment.hidden_at IS NULL
    AND NOT coalesce(comment.valuation, false)
  UNION ALL SELECT key, vote.voter_id FROM subjects JOIN votes AS vote
    ON vote.votable_type = type AND vote.votable_id = subjects.id AND vote.voter_type = 'User'
), did AS (
  SELECT key, who FROM deeds WHERE NOT EXISTS (
    SELECT FROM users WHERE users.id = who AND encrypted_password = '' AND email LIKE 'voorbeeld-%@example.invalid')
)
SELECT coalesce(json_agg(json_build_object(
  'object', asked.key,
  'participants', (SELECT count(DISTINCT who) FROM did JOIN users ON users.id = who
                   WHERE did.key = asked.key AND users.erased_at IS NULL),
  'contributions', (SELECT count(*) FROM did WHERE did.key = asked.key)) ORDER BY asked.key), '[]')
FROM asked;
