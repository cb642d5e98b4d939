# frozen_string_literal: true

module DDConsul
  # What becomes of one value: decided by what the file says, what was applied
  # last, and what is there. docs/state.md has the table, which the tests run.
  module Decision
    # The file doesn't name the value, or it was never applied.
    ABSENT = :absent

    # keep (as it is, and it is as the file says), write, drift, conflict (both
    # told, and left), clear (back to nothing), forget (left, and no longer ours).
    def self.of(file:, last:, actual:, enforced: false)
      return departed(last, actual, enforced) if file == ABSENT
      return :keep if actual == file
      return :write if enforced || [ABSENT, actual].include?(last)

      file == last ? :drift : :conflict
    end

    def self.departed(last, actual, enforced)
      return :keep if last == ABSENT

      actual == last || enforced ? :clear : :forget
    end
    private_class_method :departed
  end
end
