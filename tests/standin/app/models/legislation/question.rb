# frozen_string_literal: true

module Legislation
  class Question < ApplicationRecord
    include Hideable
    include Translatable

    translates :title, :description

    belongs_to :author, class_name: "User"
    belongs_to :process, class_name: "Legislation::Process", foreign_key: "legislation_process_id",
                         inverse_of: :questions
    has_many :question_options, -> { order(:id) }, class_name: "Legislation::QuestionOption", inverse_of: :question,
                                                   foreign_key: "legislation_question_id", dependent: :destroy
    has_many :answers, class_name: "Legislation::Answer", foreign_key: "legislation_question_id",
                       dependent: :destroy, inverse_of: :question

    validates :title, :process, presence: true
  end
end
