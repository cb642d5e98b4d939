# frozen_string_literal: true

module Legislation
  class QuestionOption < ApplicationRecord
    include Hideable
    include Translatable

    translates :value

    belongs_to :question, class_name: "Legislation::Question", foreign_key: "legislation_question_id",
                          inverse_of: :question_options
    # Consul's: the answers to the question that has this option's number.
    has_many :answers, class_name: "Legislation::Answer", foreign_key: "legislation_question_id",
                       dependent: :destroy, inverse_of: false

    validates :value, :question, presence: true
  end
end
