# frozen_string_literal: true

module DDConsul
  # What Consul lets one object have only, and another in the document wants now: who leaves with the document hands it
  # over. What somebody edited in the admin pages, and what was there before us, is not ours to give.
  class Succession
    def initialize(memory, report, staying)
      @memory = memory
      @report = report
      @staying = staying
    end

    # Give a field of a record that leaves another value, so that its own is free.
    def give_way(record, field, value)
      key = @memory.key_of(record)
      old = Kind.text(record[field])
      return unless leaves?(key) && @memory.last(key, field) == old

      record.update_columns(field => value)
      @memory.apply(key, field, value)
      @report.change(key, field, old, value, :changed)
    end

    private

    def leaves?(key)
      key && !@staying.include?(key) && @memory.object(key).made
    end
  end
end
