# frozen_string_literal: true

# Consul's settings and what they are after a first seed.
module SettingDefaults
  extend ActiveSupport::Concern

  MODULES = %w[debates proposals polls budgets legislation].freeze

  ON = [
    *MODULES.map { |name| "process.#{name}" },
    *MODULES.map { |name| "sdg.process.#{name}" },
    *%w[debates processes proposals].map { |name| "homepage.widgets.feeds.#{name}" },
    *%w[
      facebook_login google_login twitter_login signature_sheets community allow_attached_documents allow_images
      help_page valuation_comment_notification graphql_api sdg remove_investments_supports
      user.recommendations user.recommendations_on_debates user.recommendations_on_proposals
      gdpr.require_consent_for_notifications
    ].map { |name| "feature.#{name}" }
  ].freeze

  OFF = [
    *%w[
      featured_proposals wordpress_login oidc_login saml_login map remote_translations translation_interface
      remote_census machine_learning cookies_consent dashboard.notification_emails
      gdpr.require_consent_for_embedded_videos gdpr.warning_for_external_links
    ].map { |name| "feature.#{name}" },
    *%w[comments_summary related_content tags].map { |name| "machine_learning.#{name}" },
    "map.feature.marker_clustering", "llm.use_llm_for_translations", "llm.use_ai_image_suggestions"
  ].freeze

  EMPTY = [
    *%w[facebook instagram telegram twitter youtube].map { |name| "#{name}_handle" },
    *%w[title description keywords].map { |name| "meta_#{name}" },
    *%w[document_type document_number date_of_birth postal_code method_name structure]
      .map { |name| "remote_census.request.#{name}" },
    *%w[date_of_birth postal_code district gender name surname valid].map { |name| "remote_census.response.#{name}" },
    *%w[successful_proposal_id poll_short_title poll_description poll_link email_short_title email_description
        poster_short_title poster_description].map { |name| "proposals.#{name}" },
    "twitter_hashtag", "postal_codes", "email_domain_for_officials", "locales.default", "locales.enabled",
    "llm.provider", "llm.model", "html.per_page_code_head", "html.per_page_code_body",
    "cookies_consent.more_info_link", "remote_census.general.endpoint"
  ].freeze

  VALUES = {
    "feature.user.skip_verification" => "true",
    "map.latitude" => 51.48, "map.longitude" => 0.0, "map.zoom" => 10,
    "uploads.images.title.min_length" => 4, "uploads.images.title.max_length" => 80,
    "uploads.images.min_width" => 0, "uploads.images.min_height" => 475, "uploads.images.max_size" => 1,
    "uploads.images.content_types" => "image/jpeg",
    "uploads.documents.max_amount" => 3, "uploads.documents.max_size" => 3,
    "uploads.documents.content_types" => "application/pdf",
    "min_age_to_participate" => 16, "max_ratio_anon_votes_on_debates" => 50,
    "max_votes_for_debate_edit" => 1000, "max_votes_for_proposal_edit" => 1000, "comments_body_max_length" => 1000,
    "votes_for_proposal_success" => 10_000, "months_to_archive_proposals" => 12, "featured_proposals_number" => 3,
    "proposal_notification_minimum_interval_in_days" => 3, "direct_message_max_per_day" => 3,
    "hot_score_period_in_days" => 31, "related_content_score_threshold" => -0.3,
    "proposal_code_prefix" => "CONSUL", "cookies_consent.version_name" => "v1",
    "org_name" => "CONSUL DEMOCRACY", "mailer_from_name" => "CONSUL DEMOCRACY"
  }.freeze

  class_methods do
    def defaults
      VALUES
        .merge(ON.index_with(true), OFF.index_with(false), EMPTY.index_with(nil))
        .merge((1..5).to_h { |level| ["official_level_#{level}_name", I18n.t("seeds.official", level:)] })
        .merge("mailer_from_address" => "noreply@#{Tenant.current_host || "consuldemocracy.dev"}")
    end
  end
end
