-- For each remembered object a digest of what Consul's tables hold of it: another
-- digest than when it was applied, then somebody changed it. Run both by the
-- program, after it has applied a document, and by the module, to see whether
-- the program has to run at all. No semicolon: it is a part of other queries.
SELECT objects.key, md5(string_agg(held.line, E'\n' ORDER BY held.line)) AS digest
FROM ddconsul.objects AS objects
LEFT JOIN (
  SELECT 'User' AS record_type, users.id AS record_id,
         concat_ws('|', username, email, hidden_at, erased_at,
                   EXISTS (SELECT FROM administrators WHERE user_id = users.id),
                   EXISTS (SELECT FROM moderators WHERE user_id = users.id),
                   EXISTS (SELECT FROM managers WHERE user_id = users.id),
                   EXISTS (SELECT FROM valuators WHERE user_id = users.id)) AS line
  FROM users
  WHERE users.id IN (SELECT record_id FROM ddconsul.objects WHERE record_type = 'User')
  UNION ALL
  SELECT 'SiteCustomization::Page', id, (to_jsonb(pages) - ARRAY['created_at', 'updated_at'])::text
  FROM site_customization_pages AS pages
  UNION ALL
  SELECT 'SiteCustomization::Page', site_customization_page_id,
         (to_jsonb(texts) - ARRAY['created_at', 'updated_at'])::text
  FROM site_customization_page_translations AS texts
  UNION ALL
  SELECT 'SiteCustomization::ContentBlock', id, (to_jsonb(blocks) - ARRAY['created_at', 'updated_at'])::text
  FROM site_customization_content_blocks AS blocks
  UNION ALL
  SELECT 'SiteCustomization::Image', id, name FROM site_customization_images
  UNION ALL
  SELECT 'Widget::Card', id, (to_jsonb(cards) - ARRAY['created_at', 'updated_at'])::text FROM widget_cards AS cards
  UNION ALL
  SELECT 'Widget::Card', widget_card_id, (to_jsonb(texts) - ARRAY['created_at', 'updated_at'])::text
  FROM widget_card_translations AS texts
  UNION ALL
  SELECT 'Widget::Feed', id, (to_jsonb(feeds) - ARRAY['created_at', 'updated_at'])::text FROM widget_feeds AS feeds
  UNION ALL
  SELECT 'Banner', id, (to_jsonb(banners) - ARRAY['created_at', 'updated_at'])::text FROM banners
  UNION ALL
  SELECT 'Banner', banner_id, (to_jsonb(texts) - ARRAY['created_at', 'updated_at'])::text
  FROM banner_translations AS texts
  UNION ALL
  SELECT 'Banner', banner_id, web_section_id::text FROM banner_sections
  UNION ALL
  SELECT 'I18nContent', id, key FROM i18n_contents
  UNION ALL
  SELECT 'I18nContent', i18n_content_id, (to_jsonb(texts) - ARRAY['created_at', 'updated_at'])::text
  FROM i18n_content_translations AS texts
  UNION ALL
  SELECT 'Geozone', id,
         (to_jsonb(districts) - ARRAY['created_at', 'updated_at'])::text
  FROM geozones AS districts
  UNION ALL
  SELECT 'Tag', id, concat_ws('|', name, kind) FROM tags
  UNION ALL
  SELECT 'Poll', id,
         (to_jsonb(polls) - ARRAY['created_at', 'updated_at', 'comments_count', 'tsv'])::text
  FROM polls AS polls
  UNION ALL
  SELECT 'Poll', poll_id,
         (to_jsonb(texts) - ARRAY['created_at', 'updated_at'])::text
  FROM poll_translations AS texts
  UNION ALL
  SELECT process_type, process_id, concat_ws('|', results, stats) FROM reports WHERE process_type = 'Poll'
  UNION ALL
  SELECT 'Poll', poll_id, geozone_id::text FROM geozones_polls
  UNION ALL
  SELECT 'Poll::Question', id,
         (to_jsonb(questions) - ARRAY['updated_at', 'comments_count', 'tsv'])::text
  FROM poll_questions AS questions
  UNION ALL
  SELECT 'Poll::Question', poll_question_id,
         (to_jsonb(texts) - ARRAY['created_at', 'updated_at'])::text
  FROM poll_question_translations AS texts
  UNION ALL
  SELECT questionable_type, questionable_id, concat_ws('|', vote_type, max_votes) FROM votation_types
  UNION ALL
  SELECT 'Poll::Question::Option', id,
         (to_jsonb(options) - ARRAY['most_voted'])::text
  FROM poll_question_answers AS options
  UNION ALL
  SELECT 'Poll::Question::Option', poll_question_answer_id,
         (to_jsonb(texts) - ARRAY['created_at', 'updated_at'])::text
  FROM poll_question_answer_translations AS texts
  UNION ALL
  SELECT 'Budget', id,
         (to_jsonb(budgets) - ARRAY['created_at', 'updated_at'])::text
  FROM budgets AS budgets
  UNION ALL
  SELECT 'Budget', budget_id,
         (to_jsonb(texts) - ARRAY['created_at', 'updated_at'])::text
  FROM budget_translations AS texts
  UNION ALL
  SELECT 'Budget::Phase', id,
         (to_jsonb(phases) - ARRAY['next_phase_id'])::text
  FROM budget_phases AS phases
  UNION ALL
  SELECT 'Budget::Phase', budget_phase_id,
         (to_jsonb(texts) - ARRAY['created_at', 'updated_at'])::text
  FROM budget_phase_translations AS texts
  UNION ALL
  SELECT 'Budget::Group', id,
         (to_jsonb(groups) - ARRAY['created_at', 'updated_at'])::text
  FROM budget_groups AS groups
  UNION ALL
  SELECT 'Budget::Group', budget_group_id,
         (to_jsonb(texts) - ARRAY['created_at', 'updated_at'])::text
  FROM budget_group_translations AS texts
  UNION ALL
  SELECT 'Budget::Heading', id,
         (to_jsonb(headings) - ARRAY['created_at', 'updated_at'])::text
  FROM budget_headings AS headings
  UNION ALL
  SELECT 'Budget::Heading', budget_heading_id,
         (to_jsonb(texts) - ARRAY['created_at', 'updated_at'])::text
  FROM budget_heading_translations AS texts
  UNION ALL
  SELECT 'Legislation::Process', id,
         (to_jsonb(processes) - ARRAY['created_at', 'updated_at', 'tsv'])::text
  FROM legislation_processes AS processes
  UNION ALL
  SELECT 'Legislation::Process', legislation_process_id,
         (to_jsonb(texts) - ARRAY['created_at', 'updated_at'])::text
  FROM legislation_process_translations AS texts
  UNION ALL
  SELECT 'Legislation::DraftVersion', id,
         (to_jsonb(drafts) - ARRAY['created_at', 'updated_at'])::text
  FROM legislation_draft_versions AS drafts
  UNION ALL
  SELECT 'Legislation::DraftVersion', legislation_draft_version_id,
         (to_jsonb(texts) - ARRAY['created_at', 'updated_at'])::text
  FROM legislation_draft_version_translations AS texts
  UNION ALL
  SELECT 'Legislation::Question', id,
         (to_jsonb(questions) - ARRAY['created_at', 'updated_at', 'answers_count', 'comments_count'])::text
  FROM legislation_questions AS questions
  UNION ALL
  SELECT 'Legislation::Question', legislation_question_id,
         (to_jsonb(texts) - ARRAY['created_at', 'updated_at'])::text
  FROM legislation_question_translations AS texts
  UNION ALL
  SELECT 'Legislation::QuestionOption', id,
         (to_jsonb(options) - ARRAY['created_at', 'updated_at', 'answers_count'])::text
  FROM legislation_question_options AS options
  UNION ALL
  SELECT 'Legislation::QuestionOption', legislation_question_option_id,
         (to_jsonb(texts) - ARRAY['created_at', 'updated_at'])::text
  FROM legislation_question_option_translations AS texts
  UNION ALL
  SELECT 'Milestone', id,
         (to_jsonb(milestones) - ARRAY['created_at', 'updated_at'])::text
  FROM milestones AS milestones
  UNION ALL
  SELECT 'Milestone', milestone_id,
         (to_jsonb(texts) - ARRAY['created_at', 'updated_at'])::text
  FROM milestone_translations AS texts
  UNION ALL
  SELECT 'Document', id, title FROM documents
  UNION ALL
  SELECT 'Debate', debate_id, (to_jsonb(texts) - ARRAY['created_at', 'updated_at'])::text
  FROM debate_translations AS texts
  WHERE debate_id IN (SELECT record_id FROM ddconsul.objects WHERE record_type = 'Debate')
  UNION ALL
  SELECT 'Debate', id, hidden_at::text FROM debates
  WHERE id IN (SELECT record_id FROM ddconsul.objects WHERE record_type = 'Debate')
  UNION ALL
  SELECT taggable_type, taggable_id, concat_ws('|', context, tags.name)
  FROM taggings JOIN tags ON tags.id = tag_id
  WHERE taggable_type = 'Legislation::Process' AND context = 'customs'
     OR taggable_type = 'Debate' AND taggable_id IN
        (SELECT record_id FROM ddconsul.objects WHERE record_type = 'Debate')
  UNION ALL
  SELECT 'DDConsul::Census', 1, md5(string_agg(concat_ws('|', document_type, document_number), ','
                                               ORDER BY document_type, document_number))
  FROM local_census_records
  UNION ALL
  SELECT 'DDConsul::Crowd', crowd.id, concat_ws(
    '|', people,
    (SELECT count(*) FROM poll_answers WHERE author_id = ANY (people)),
    (SELECT count(*) FROM budget_investments WHERE author_id = ANY (people)),
    (SELECT count(*) FROM budget_ballots WHERE user_id = ANY (people)),
    (SELECT count(*) FROM legislation_answers WHERE user_id = ANY (people)),
    (SELECT count(*) FROM legislation_annotations WHERE author_id = ANY (people)),
    (SELECT count(*) FROM comments WHERE user_id = ANY (people)),
    (SELECT count(*) FROM proposals WHERE author_id = ANY (people)),
    (SELECT count(*) FROM votes WHERE voter_type = 'User' AND voter_id = ANY (people)))
  FROM (SELECT first.id, array_agg(person.id ORDER BY person.id) AS people
        FROM users AS first
        JOIN users AS person ON split_part(person.email, '.', 2) = split_part(first.email, '.', 2)
          AND person.email LIKE 'voorbeeld-%@example.invalid'
        WHERE first.id IN (SELECT record_id FROM ddconsul.objects WHERE record_type = 'DDConsul::Crowd')
        GROUP BY first.id) AS crowd
  UNION ALL
  SELECT attachments.record_type, attachments.record_id, checksum
  FROM active_storage_attachments AS attachments
  JOIN active_storage_blobs AS blobs ON blobs.id = blob_id
  WHERE attachments.record_type IN ('SiteCustomization::Image', 'Document')
  UNION ALL
  SELECT imageable_type, imageable_id, checksum
  FROM images
  JOIN active_storage_attachments AS attachments
    ON attachments.record_type = 'Image' AND attachments.record_id = images.id
  JOIN active_storage_blobs AS blobs ON blobs.id = blob_id
  WHERE imageable_type IN ('Widget::Card', 'Poll', 'Budget', 'Legislation::Process')
) AS held ON held.record_type = objects.record_type AND held.record_id = objects.record_id
GROUP BY objects.key
