# frozen_string_literal: true

module DDConsul
  # What somebody can choose as the answer to a question of a poll.
  class OptionKind < Kind
    kind "option", "Poll::Question::Option"

    MEANING = ["", "title", "description"].freeze

    def build
      model.new(question: @run.record(parent))
    end

    # Two options change places one by one, and Consul wants each place once: looked at with one that is free.
    def save(record)
      wanted = record.given_order
      record.given_order = model.where(question_id: record.question_id).maximum(:given_order).to_i + 1
      super
      record.update_columns(given_order: wanted)
    end

    def voting?(record)
      record.question&.poll&.current?
    end

    def root(record)
      record.question&.poll
    end

    def used?(record)
      Contributions.any?(poll_answers: { option_id: record.id }, poll_partial_results: { option_id: record.id })
    end
  end
end
