# frozen_string_literal: true

require "csv"

module DDConsul
  # Consul's local census, as the one thing that it is for a document.
  class Census
    def self.find_by(*)
      new
    end

    def self.unscoped
      self
    end

    def id
      1
    end

    def save!; end
  end

  # Who may say who he or she is: rows of a file. They are added, and never taken
  # away: which ones were used can't be told from them.
  class CensusKind < Kind
    kind "census", "DDConsul::Census"

    COLUMNS = %w[document_type document_number date_of_birth postal_code].freeze
    TYPES = %w[1 2 3].freeze
    AT_ONCE = 1000

    def build
      model.new
    end

    # There is the file of the document when all its rows are there; else the one that was applied last.
    def read(_record, field)
      wanted = fields[field]
      last = @run.last(key, field)
      last = nil if last == Decision::ABSENT
      given = wanted && rows(wanted)
      return last if given.nil?
      return wanted if missing(given).empty?

      last == wanted ? nil : last
    end

    def write(_record, _field, value)
      @rows = rows(value)
    end

    def clear(_record, _fields); end

    def normal(_field, text)
      text
    end

    def save(_record)
      (@rows || []).each_slice(AT_ONCE) do |some|
        LocalCensusRecord.insert_all(some, unique_by: %i[document_number document_type])
      end
    end

    # It stays as it is.
    def used?(_record)
      true
    end

    private

    # As Consul imports them; nil: a check comes before the file is on the host.
    def rows(checksum)
      path = @run.files.path(checksum) or return
      table = CSV.read(path, headers: true, encoding: "bom|utf-8")
      absent = COLUMNS - table.headers.compact
      raise Refusal.new("the file has no column #{absent.join(", ")}", key, "file") if absent.any?

      table.each.with_index(2).map { |row, line| row_of(row, line) }.uniq { |row| number(row) }
    end

    def row_of(row, line)
      values = COLUMNS.index_with { |name| row[name].to_s.strip }
      wrong = values.select { |_, value| value.empty? }.keys
      wrong << "document_type" unless TYPES.include?(values["document_type"])
      values["date_of_birth"] = Date.iso8601(values["date_of_birth"])
      return values if wrong.empty?

      raise Refusal.new("line #{line} has no right #{wrong.first}", key, "file")
    rescue Date::Error
      raise Refusal.new("line #{line} has no right date_of_birth", key, "file")
    end

    def missing(rows)
      there = LocalCensusRecord.where(document_number: rows.pluck("document_number"))
                               .pluck(:document_type, :document_number).to_set
      rows.reject { |row| there.include?(number(row)) }
    end

    def number(row)
      row.values_at("document_type", "document_number")
    end
  end
end
