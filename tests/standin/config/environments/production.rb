# frozen_string_literal: true

Rails.application.configure do
  secrets = Rails.application.secrets

  config.enable_reloading = false
  config.eager_load = true
  config.consider_all_requests_local = false
  config.action_controller.perform_caching = true
  config.public_file_server.enabled = ENV["RAILS_SERVE_STATIC_FILES"].present?
  config.force_ssl = secrets.force_ssl

  log = ENV["RAILS_LOG_TO_STDOUT"].present? ? [$stdout] : [config.default_log_file, "daily"]
  config.logger = ActiveSupport::TaggedLogging.new(
    ActiveSupport::Logger.new(*log).tap { |logger| logger.formatter = Logger::Formatter.new }
  )
  config.log_tags = [:request_id]
  config.log_level = ENV.fetch("RAILS_LOG_LEVEL", "warn")

  config.cache_store = :mem_cache_store, { namespace: "public", protocol: :meta, silence_marshal_warning: true }

  config.action_mailer.raise_delivery_errors = true
  config.action_mailer.default_url_options = { host: secrets.server_name }
  if secrets.smtp_settings
    config.action_mailer.delivery_method = secrets.mailer_delivery_method || :smtp
    config.action_mailer.smtp_settings = secrets.smtp_settings
  end

  config.active_support.report_deprecations = false
  config.active_record.dump_schema_after_migration = false
end

require Rails.root.join("config/environments/custom/production")
