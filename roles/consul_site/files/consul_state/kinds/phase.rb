# frozen_string_literal: true

module DDConsul
  # One of the nine phases of a budget. Consul makes them with their budget, and
  # moves the neighbours of one that moves: that would be a change of theirs.
  class PhaseKind < Kind
    kind "phase", "Budget::Phase"

    MEANING = %w[enabled ends_at].freeze
    # What looks at the neighbours, or moves them: they have values of their own in the document.
    NEIGHBOURLY = %i[adjust_date_ranges prev_phase_dates_valid? next_phase_dates_valid?].freeze

    # Those of a budget that was there already.
    def find
      phase unless @run.made?(parent)
    end

    def build
      phase
    end

    def save(record)
      NEIGHBOURLY.each { |name| record.define_singleton_method(name) { nil } }
      super
    end

    def meaning?(field, old, new)
      super && (field != "ends_at" || new.nil? || Time.zone.parse(new) < Time.zone.parse(old))
    end

    def voting?(record)
      record.kind == "balloting" && BudgetKind.voting?(record.budget)
    end

    def title(record)
      record.name
    end

    def root(record)
      record.budget
    end

    # A budget has all nine, as long as it is there.
    def used?(_record)
      true
    end

    def hide(record)
      record.update_columns(enabled: false)
    end

    def destroy(_record); end

    private

    def phase
      @run.record(parent).phases.find_by(identity)
    end
  end
end
