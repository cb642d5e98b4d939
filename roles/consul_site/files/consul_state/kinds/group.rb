# frozen_string_literal: true

module DDConsul
  # Headings of a budget that belong together.
  class GroupKind < Kind
    kind "group", "Budget::Group"

    MEANING = ["", "name", "max_votable_headings"].freeze

    def build
      model.new(budget: @run.record(parent))
    end

    def voting?(record)
      BudgetKind.voting?(record.budget)
    end

    def title(record)
      record.name
    end

    def root(record)
      record.budget
    end

    def used?(record)
      headings = Contributions.ids("budget_headings", group_id: record.id)
      # Also one that administrators made there.
      headings.any? || Contributions.any?(budget_ballot_lines: { group_id: record.id })
    end
  end
end
