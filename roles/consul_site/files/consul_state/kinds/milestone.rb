# frozen_string_literal: true

module DDConsul
  # Something that happens in a process, on a day; Consul keeps a moment.
  class MilestoneKind < Kind
    kind "milestone", "Milestone"

    def build
      model.new(milestoneable: @run.record(parent))
    end

    def read(record, field)
      field == "publication_date" ? Kind.text(record.publication_date&.to_date) : super
    end

    def normal(field, text)
      field == "publication_date" && text ? Time.zone.parse(text).to_date.iso8601 : super
    end

    def root(record)
      record.milestoneable
    end
  end
end
