# frozen_string_literal: true

module Legislation
  class Answer < ApplicationRecord
    include Hideable

    belongs_to :question, class_name: "Legislation::Question", foreign_key: "legislation_question_id",
                          inverse_of: :answers
    belongs_to :question_option, class_name: "Legislation::QuestionOption",
                                 foreign_key: "legislation_question_option_id", inverse_of: false
    belongs_to :user

    validates :question, presence: true, uniqueness: { scope: :user_id }
    validates :question_option, :user, presence: true
  end
end
