# frozen_string_literal: true

require_relative "boot"
require "rails"
require "active_record/railtie"
require "active_job/railtie"
require "action_controller/railtie"
require "action_mailer/railtie"
require "action_view/railtie"
require "active_storage/engine"

Bundler.require(*Rails.groups)

module Consul
  class Application < Rails::Application
    # What the operator supplies in config/secrets.yml: the keys under `shared`,
    # overridden by those of the environment. ERB comes first, so a value can be
    # taken from an environment variable.
    def secrets
      @secrets ||= ActiveSupport::OrderedOptions.new.tap do |secrets|
        path = Rails.root.join("config/secrets.yml")
        content = path.exist? ? YAML.unsafe_load(ERB.new(path.read).result) || {} : {}
        ["shared", Rails.env.to_s].each { |part| secrets.merge!((content[part] || {}).deep_symbolize_keys) }
      end
    end
    alias credentials secrets

    config.load_defaults 7.2
    config.active_record.belongs_to_required_by_default = false
    config.active_job.queue_adapter = :delayed_job
    config.active_storage.service = :local
    config.time_zone = Rails.application.secrets.time_zone.presence || "Madrid"

    # English, as Consul is until application_custom.rb says otherwise.
    config.i18n.default_locale = :en
    config.i18n.available_locales = %w[en nl]
    config.i18n.fallbacks = [:en]
    config.i18n.load_path += Rails.root.glob("config/locales/custom/**/*.{rb,yml}")

    config.action_dispatch.rescue_responses["FeatureDisabled"] = :forbidden

    config.autoload_lib(ignore: %w[tasks])
    %w[controllers mailers models].each do |kind|
      config.autoload_paths << Rails.root.join("app", kind, "custom")
      config.eager_load_paths << Rails.root.join("app", kind, "custom")
    end
    config.paths["app/views"].unshift(Rails.root.join("app/views/custom"))
  end
end

require_relative "application_custom"
