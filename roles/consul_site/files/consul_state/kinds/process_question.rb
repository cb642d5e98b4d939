# frozen_string_literal: true

module DDConsul
  # What is asked in the debate of a process.
  class ProcessQuestionKind < Kind
    kind "process_question", "Legislation::Question"

    # With its options, and nothing else: see ProcessOptionKind.
    def self.erase_row(question)
      Legislation::QuestionOption.unscoped.where(legislation_question_id: question.id).each do |option|
        ProcessOptionKind.erase_row(option)
      end
      question.class::Translation.unscoped.where(legislation_question_id: question.id).delete_all
      question.class.unscoped.where(id: question.id).delete_all
    end

    def build
      model.new(process: @run.record(parent), author: @run.author)
    end

    def root(record)
      record.process
    end

    def used?(record)
      Contributions.any?(
        legislation_answers: { legislation_question_id: record.id },
        comments: { commentable_type: model.name, commentable_id: record.id }
      )
    end

    def hide(record)
      record.update_columns(hidden_at: Time.current)
    end

    def destroy(record)
      ProcessQuestionKind.erase_row(record)
    end
  end
end
