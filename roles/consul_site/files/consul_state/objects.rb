# frozen_string_literal: true

module DDConsul
  # The objects of the document: each is found or made.
  class Objects
    # The field, where not one field but the whole object is told.
    WHOLE = ""

    attr_reader :files, :administrator_password, :first_account

    def initialize(document, memory, report, enforced, files, freeze) # rubocop:disable Metrics/ParameterLists
      @document = document
      @memory = memory
      @report = report
      @enforced = enforced
      @files = files
      @freeze = freeze
      @administrator_password = document["administrator_password"]
      @records = {}
      @gone = []
      @made = Set.new
      @back = Set.new
    end

    def apply(specs)
      @keys = specs.map { |spec| spec["key"] }
      @first_account = specs.find { |spec| spec["kind"] == "account" }&.fetch("key")
      specs.each do |spec|
        object(Kind.named(spec["kind"]).new(self, spec))
      rescue StandardError => e
        raise Refusal.of(e, spec["key"], spec["fields"].keys)
      end
    end

    # The record of an object that came earlier.
    def record(key)
      @records.fetch(key) { raise Refusal, "#{key} doesn't come before it" }
    end

    # Whether an object was made in this run.
    def made?(key)
      @made.include?(key)
    end

    # Whether an object had left the document, and is in it again.
    def back?(key)
      @back.include?(key)
    end

    def key_of(record)
      @memory.key_of(record)
    end

    def last(key, field)
      @memory.last(key, field)
    end

    # What those that leave with the document hand over to those that stay.
    def succession
      Succession.new(@memory, @report, @keys)
    end

    # Who put an image there: the municipality.
    def author
      @records[@first_account] || User.joins(:administrator).order(:id).first
    end

    private

    def object(kind)
      remembered = @memory.object(kind.key)
      return unknown(kind) if remembered.nil? || made?(kind.parent)
      return come_back(kind, remembered) if remembered.withdrawn

      record = remembered.record
      return record_gone(kind) unless record

      orphan?(kind) ? @gone << kind.key : existing(kind, record)
    end

    def come_back(kind, remembered)
      record = kind.back(remembered)
      return unknown(kind) unless record

      @memory.withdraw(kind.key, withdrawn: false)
      @back << kind.key
      @report.change(kind.key, WHOLE, nil, name(kind), :created) if kind.bring_back(record)
      existing(kind, record)
    end

    def record_gone(kind)
      @enforced.call(kind.key) ? unknown(kind) : deleted(kind)
    end

    # Deleted in the admin pages, or by whose account it was. An edit like any other: kept.
    def deleted(kind)
      @gone << kind.key
      last = @memory.fields(kind.key)
      same = kind.fields.all? { |field, value| kind.normal(field, Kind.text(value)) == last[field] }
      @report.change(kind.key, WHOLE, nil, name(kind), same ? :drift : :conflict)
    end

    def unknown(kind)
      record = kind.find
      return create(kind) unless record

      other = @memory.key_of(record)
      raise Refusal, "it is the same as #{other}" if other && @keys.include?(other)

      other ? @memory.rename(other, kind.key) : adopt(kind, record)
      existing(kind, record)
    end

    def adopt(kind, record)
      @memory.remember(kind.key, record, made: false)
      kind.fields.each do |field, value|
        @memory.apply(kind.key, field, Kind.text(value)) if kind.theirs?(field)
      end
    end

    def create(kind)
      return @report.change(kind.key, WHOLE, nil, name(kind), :conflict) if orphan?(kind)

      @memory.forget(kind.key)
      record = kind.build
      kind.fields.each { |field, value| kind.write(record, field, value) unless value.nil? }
      @freeze.look(kind, record, WHOLE, nil, nil)
      kind.save(record)
      @freeze.made(kind.key)
      remember(kind, record)
      tell(kind)
    end

    # What has no fields is told as a whole.
    def tell(kind)
      kind.fields.each { |field, value| @report.change(kind.key, field, nil, Kind.text(value), :created) }
      @report.change(kind.key, WHOLE, nil, name(kind), :created) if kind.fields.empty?
    end

    # Somebody deleted what it belongs to in the admin pages.
    def orphan?(kind)
      @gone.include?(kind.parent)
    end

    def remember(kind, record)
      @records[kind.key] = record
      @made << kind.key
      @memory.remember(kind.key, record, made: true)
      kind.fields.each { |field, value| @memory.apply(kind.key, field, kind.normal(field, Kind.text(value))) }
    end

    def existing(kind, record)
      @records[kind.key] = record
      Fields.new(kind, record, @memory, @report, @freeze, enforced: @enforced.call(kind.key)).apply
    end

    def name(kind)
      titles = kind.fields.select { |field, _| field.start_with?("title", "name") }.values
      titles.first || kind.key.split(" ", 2).last
    end
  end
end
