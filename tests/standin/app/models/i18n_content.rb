# frozen_string_literal: true

# A text of the site put in other words.
class I18nContent < ApplicationRecord
  include Translatable

  translates :value

  validates :key, uniqueness: true

  # By key, in one language.
  def self.texts(locale)
    joins(:translations).where(i18n_content_translations: { locale: locale.to_s })
                        .pluck(:key, "i18n_content_translations.value").to_h.compact_blank
  end
end
