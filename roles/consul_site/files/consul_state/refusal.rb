# frozen_string_literal: true

module DDConsul
  # Consul would not take an object: which one, which of its fields, and why.
  class Refusal < StandardError
    attr_reader :object, :field

    def self.of(error, object, fields)
      return new(error.message, error.object || object, error.field) if error.is_a?(self)
      return new("#{error.class}: #{error.message}", object) unless error.is_a?(ActiveRecord::RecordInvalid)

      new(sentences(error.record), object, field_of(error.record, fields))
    end

    def initialize(message, object = nil, field = nil)
      super(message)
      @object = object
      @field = field
    end

    # In English where the site has it: they are read by whoever runs ddconsul.
    def self.sentences(record)
      locale = I18n.available_locales.include?(:en) ? :en : I18n.locale
      refused = words(record).select { |words| words.errors.any? }.presence || [record]
      I18n.with_locale(locale) { refused.flat_map { |one| one.errors.full_messages }.uniq.to_sentence }
    end

    def self.words(record)
      record.respond_to?(:translations) ? record.translations : []
    end

    # Rails may say "image.attachment" where the document says "image", and of a file it names what Consul calls it.
    def self.field_of(record, fields)
      places = names(record)
      return fields.first if fields.one?

      fields.find { |field| places.include?(field) } || fields.find { |field| places.include?(field.split(".").first) }
    end

    def self.names(record)
      of_words = words(record).flat_map do |words|
        words.errors.attribute_names.map { |name| "#{name}.#{words.locale}" }
      end
      of_words + record.errors.attribute_names.flat_map { |name| name.to_s.split(".") }
    end
    private_class_method :sentences, :words, :field_of, :names
  end
end
