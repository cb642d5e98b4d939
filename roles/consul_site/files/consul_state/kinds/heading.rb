# frozen_string_literal: true

module DDConsul
  # An amount of a budget, for the whole municipality or for a district.
  class HeadingKind < Kind
    include Districted

    kind "heading", "Budget::Heading"

    MEANING = ["", "name", "price", "district", "max_ballot_lines"].freeze

    def build
      model.new(group: @run.record(parent))
    end

    def read(record, field)
      return super unless field == "district"

      Kind.text(record.geozone && district_key(record.geozone))
    end

    def write(record, field, value)
      field == "district" ? record.geozone = value.presence && district(value) : super
    end

    def voting?(record)
      BudgetKind.voting?(record.group&.budget)
    end

    def title(record)
      record.name
    end

    def root(record)
      record.group&.budget
    end

    def used?(record)
      of_heading = { heading_id: record.id }
      Contributions.any?(
        budget_investments: of_heading, budget_ballot_lines: of_heading, budget_content_blocks: of_heading
      )
    end
  end
end
