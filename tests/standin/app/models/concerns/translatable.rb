# frozen_string_literal: true

# Texts in several languages, each a row in `<owner>_translations`. `title` reads
# and writes that of I18n.locale, `title_nl` the Dutch one. A language without a
# text of its own shows that of another, so nothing is ever empty.
module Translatable
  extend ActiveSupport::Concern

  module ClassMethods
    def translates(*names)
      define_translation_class
      names.each do |name|
        define_method(name) { translated(name) }
        define_method(:"#{name}=") { |value| translation_for(I18n.locale)[name] = value }
        I18n.available_locales.each do |locale|
          suffix = locale.to_s.underscore
          define_method(:"#{name}_#{suffix}") { translation(locale)&.public_send(name) }
          define_method(:"#{name}_#{suffix}=") { |value| translation_for(locale)[name] = value }
        end
      end
    end

    private

    def define_translation_class
      owner = table_name.singularize
      const_set(:Translation, Class.new(ApplicationRecord) { self.table_name = "#{owner}_translations" })
      has_many :translations, class_name: "#{name}::Translation", foreign_key: "#{owner}_id",
                              autosave: true, dependent: :destroy, inverse_of: false
      accepts_nested_attributes_for :translations, allow_destroy: true
    end
  end

  def translation(locale)
    translations.find { |translation| translation.locale == locale.to_s }
  end

  def translation_for(locale)
    translation(locale) || translations.build(locale: locale.to_s)
  end

  private

  def translated(name)
    preferred = [I18n.locale, Setting.default_locale].map { |locale| translation(locale) }
    (preferred + translations.to_a).compact.map { |translation| translation[name] }.find(&:present?)
  end
end
