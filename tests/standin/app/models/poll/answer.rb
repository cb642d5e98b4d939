# frozen_string_literal: true

class Poll
  class Answer < ApplicationRecord
    belongs_to :question, class_name: "Poll::Question"
    belongs_to :option, class_name: "Poll::Question::Option"
    belongs_to :author, class_name: "User"

    validates :answer, presence: true
  end
end
