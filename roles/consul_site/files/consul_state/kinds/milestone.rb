# frozen_string_literal: true

module DDConsul
  # Something that happens in a process, with its day.
  class MilestoneKind < Kind
    kind "milestone", "Milestone"

    def build
      model.new(milestoneable: @run.record(parent))
    end

    def root(record)
      record.milestoneable
    end
  end
end
