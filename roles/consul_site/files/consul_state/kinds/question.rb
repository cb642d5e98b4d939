# frozen_string_literal: true

module DDConsul
  # A question of a poll. How it is answered stands in a row of its own, and
  # Consul shows questions in the order in which they were made: that many seconds
  # after their poll.
  class QuestionKind < Kind
    kind "question", "Poll::Question"

    MEANING = ["", "title", "vote_type", "max_votes"].freeze
    VOTE = %w[vote_type max_votes].freeze
    # What Consul takes a question for that has no such row.
    USUAL = { "vote_type" => "unique" }.freeze

    def build
      model.new(poll: @run.record(parent), author: @run.author)
    end

    def read(record, field)
      case field
      when *VOTE then Kind.text(record.votation_type&.public_send(field))
      when "order" then order(record)
      else super
      end
    end

    def write(record, field, value)
      case field
      when *VOTE then votation(record)[field] = value || USUAL[field]
      when "order" then @order = value
      else super
      end
    end

    def normal(field, text)
      VOTE.include?(field) ? text || USUAL[field] : super
    end

    def save(record)
      super
      record.update_columns(created_at: record.poll.created_at + @order.to_i) if @order
    end

    def voting?(record)
      record.poll&.current?
    end

    def root(record)
      record.poll
    end

    def used?(record)
      Contributions.any?(
        poll_answers: { question_id: record.id }, poll_partial_results: { question_id: record.id },
        comments: { commentable_type: model.name, commentable_id: record.id }
      )
    end

    def hide(record)
      record.update_columns(hidden_at: Time.current)
    end

    def destroy(record)
      erase(record)
    end

    private

    def order(record)
      Kind.text((record.created_at - record.poll.created_at).round) if record.persisted?
    end

    def votation(record)
      record.votation_type ||= VotationType.new(questionable: record, vote_type: USUAL["vote_type"])
    end
  end
end
