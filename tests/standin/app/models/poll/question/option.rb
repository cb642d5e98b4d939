# frozen_string_literal: true

class Poll
  class Question
    class Option < ApplicationRecord
      self.table_name = "poll_question_answers"

      include Translatable

      translates :title, :description

      belongs_to :question, class_name: "Poll::Question"
      has_many :answers, class_name: "Poll::Answer", dependent: :nullify

      validates :title, presence: true
      validates :given_order, presence: true, uniqueness: { scope: :question_id }
    end
  end
end
