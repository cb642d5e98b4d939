# frozen_string_literal: true

module DDConsul
  # What somebody can answer to a question of a process.
  #
  # When one goes, Consul takes away the answers to the question that happens to
  # have the option's number, whoever gave them. So rows go here, not objects.
  class ProcessOptionKind < Kind
    kind "process_option", "Legislation::QuestionOption"

    def self.erase_row(option)
      option.class::Translation.unscoped.where(legislation_question_option_id: option.id).delete_all
      option.class.unscoped.where(id: option.id).delete_all
    end

    def build
      model.new(question: @run.record(parent))
    end

    def title(record)
      record.value
    end

    def root(record)
      record.question&.process
    end

    def used?(record)
      Contributions.any?(legislation_answers: { legislation_question_option_id: record.id })
    end

    def destroy(record)
      ProcessOptionKind.erase_row(record)
    end
  end
end
