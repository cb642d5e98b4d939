# frozen_string_literal: true

module DDConsul
  # Money that inhabitants divide, phase by phase.
  class BudgetKind < Kind
    include Pictured

    kind "budget", "Budget"

    MEANING = ["", "voting_style", "hide_money", "currency_symbol", "published", "phase"].freeze
    FINISHED = "finished"

    # Until the moment that was announced, also when nobody has come by to end it.
    def self.voting?(budget)
      return false if budget.nil? || budget.new_record? || !budget.published || budget.phase != "balloting"

      ends = budget.phases.find_by(kind: "balloting")&.ends_at
      ends.nil? || ends > Time.current
    end

    # The slug is its address; Consul makes another one as long as it isn't published.
    def save(record)
      finishes = record.persisted? && record.phase_changed? && record.phase == FINISHED
      super
      record.update_columns(identity.slice("slug")) if identity["slug"]
      count(record) if finishes
    end

    def voting?(record)
      BudgetKind.voting?(record)
    end

    def title(record)
      record.name
    end

    def root(record)
      record
    end

    def parts(record)
      [*record.groups, *record.headings, *record.phases.select { |phase| @run.key_of(phase) }]
    end

    # Consul makes an empty ballot for whoever looks at it while people vote.
    def used?(record)
      of_budget = { budget_id: record.id }
      Contributions.any?(budget_investments: of_budget, budget_ballot_lines: of_budget, polls: of_budget)
    end

    # It is closed: what was proposed and chosen stays to be read.
    def hide(record)
      record.update_columns(phase: FINISHED, updated_at: Time.current)
    end

    def destroy(record)
      record.phases.each(&:destroy!)
      record.reload.destroy!
    end

    private

    # What an administrator would press a button for, unless he or she did; who still can when this doesn't work.
    def count(record)
      return if !defined?(Budget::Result) || record.investments.where(winner: true).exists?

      Budget.transaction(requires_new: true) do
        record.headings.each { |heading| Budget::Result.new(record, heading).calculate_winners }
      end
    rescue ActiveRecord::RecordInvalid
      nil
    end
  end
end
