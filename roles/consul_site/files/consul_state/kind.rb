# frozen_string_literal: true

module DDConsul
  # How one kind of object is found, made, read, written and taken away. Here is
  # what most kinds share: fields are columns, "title.nl" is a translation.
  class Kind
    # The fields that touch what people vote on; "" for the object as a whole.
    MEANING = [].freeze
    HOUSEKEEPING = %w[id locale created_at updated_at hidden_at].freeze

    class << self
      def names
        @names ||= {}
      end

      def named(name)
        names.fetch(name) { raise Refusal, "no such kind of object: #{name}" }
      end

      private

      def kind(name, model)
        Kind.names[name] = self
        define_method(:model) { model.constantize }
      end
    end

    # Two readings of a value are the same text, and nothing is nil.
    def self.text(value)
      case value
      when nil, "" then nil
      when Date then value.iso8601
      when Time then value.utc.iso8601
      else value.to_s
      end
    end

    # The object in the document; run knows the others. Without one: an object that left the document.
    def initialize(run, spec = {})
      @run = run
      @spec = spec
    end

    def key
      @spec["key"]
    end

    def fields
      @spec.fetch("fields", {})
    end

    def parent
      @spec["parent"]
    end

    def find
      model.find_by(identity) if identity.any?
    end

    def build
      model.new(identity)
    end

    def read(record, field)
      name, locale = field.split(".", 2)
      Kind.text(locale ? translation(record, locale)&.public_send(name) : record[name])
    end

    def write(record, field, value)
      name, locale = field.split(".", 2)
      return record.public_send("#{name}_#{locale.underscore}=", value) if locale

      record[name] = value.nil? ? model.column_defaults[name] : value
    end

    def clear(record, fields)
      translated, own = fields.partition { |field| field.include?(".") }
      own.each { |field| write(record, field, model.column_defaults[field]) }
      translated.group_by { |field| field.split(".", 2)[1] }.each do |locale, of_locale|
        clear_language(record, locale, of_locale)
      end
    end

    def save(record)
      record.save!
    end

    # As it is compared: what Consul makes of a value, and of none.
    def normal(field, text)
      column = model.columns_hash[field]
      return text unless column
      return Kind.text(nothing(column)) if text.nil?

      column.type == :datetime ? Kind.text(Time.zone.parse(text)) : text
    end

    # Whether a field of a record that was there already is somebody's own.
    def theirs?(_field)
      false
    end

    # Whether a change of this field touches what people vote on; with the field empty: that it comes or goes.
    def meaning?(field, _old, _new)
      self.class::MEANING.include?(field.split(".").first.to_s)
    end

    # Whether people are voting on it now.
    def voting?(_record)
      false
    end

    # How it is told that it goes.
    def title(record)
      record.respond_to?(:title) ? record.title : nil
    end

    # Whether something else than ours hangs on it.
    def used?(_record)
      false
    end

    # False: it can only be left.
    def hide(_record)
      false
    end

    # The record of what had left the document and is in it again.
    def back(remembered) = remembered.hidden_record

    # It was hidden, and stands in the document again; false: nobody saw that it was gone.
    def bring_back(record)
      return false unless record.respond_to?(:hidden_at) && record.hidden_at

      record.update_columns(hidden_at: nil)
    end

    def destroy(record)
      record.destroy!
    end

    # The poll, the budget or the process that it is, or is a part of and goes with.
    def root(_record); end

    # All that hangs beneath it, whoever made it.
    def parts(_record) = []

    private

    def identity
      @spec.fetch("identity", {})
    end

    def nothing(column)
      default = model.column_defaults[column.name]
      default.nil? && column.type == :boolean ? false : default
    end

    # Gone for good, where Consul would only hide it.
    def erase(record)
      record.respond_to?(:really_destroy!) ? record.really_destroy! : record.destroy!
    end

    def translation(record, locale)
      record.translations.find { |words| words.locale.to_s == locale }
    end

    def present(words)
      names = words.attributes.compact_blank.keys - HOUSEKEEPING
      names.reject { |name| name.end_with?("_id") }
    end

    # A language of which nothing is left goes as a whole: an empty title is refused.
    def clear_language(record, locale, fields)
      words = translation(record, locale)
      return unless words

      left = present(words) - fields.map { |field| field.split(".").first }
      left.empty? ? erase(words) : fields.each { |field| write(record, field, nil) }
    end
  end
end
