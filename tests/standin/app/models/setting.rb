# frozen_string_literal: true

# A setting is a row with a string. It is on when the string is not blank: true
# is kept as "t" and false as NULL, but the string "false" is on.
class Setting < ApplicationRecord
  include SettingDefaults

  default_scope { order(:id) }

  validates :key, presence: true, uniqueness: true

  def enabled? = value.present?

  class << self
    def [](key)
      where(key:).pick(:value).presence
    end

    def []=(key, value)
      find_or_initialize_by(key: key.to_s).update!(value: value.presence)
    end

    def reset_defaults
      defaults.each { |key, value| self[key] = value }
    end

    def add_new_settings
      defaults.except(*pluck(:key)).each { |key, value| self[key] = value }
    end

    def default_locale
      chosen = self["locales.default"].to_s.strip.to_sym
      I18n.available_locales.include?(chosen) ? chosen : I18n.default_locale
    end

    def enabled_locales
      chosen = self["locales.enabled"].to_s.split.map(&:to_sym) & I18n.available_locales
      [default_locale, *(chosen.presence || I18n.available_locales)].uniq
    end
  end
end
