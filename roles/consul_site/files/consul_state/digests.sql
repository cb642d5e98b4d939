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
  SELECT attachments.record_type, attachments.record_id, checksum
  FROM active_storage_attachments AS attachments
  JOIN active_storage_blobs AS blobs ON blobs.id = blob_id
  WHERE attachments.record_type = 'SiteCustomization::Image'
  UNION ALL
  SELECT imageable_type, imageable_id, checksum
  FROM images
  JOIN active_storage_attachments AS attachments
    ON attachments.record_type = 'Image' AND attachments.record_id = images.id
  JOIN active_storage_blobs AS blobs ON blobs.id = blob_id
  WHERE imageable_type = 'Widget::Card'
) AS held ON held.record_type = objects.record_type AND held.record_id = objects.record_id
GROUP BY objects.key
