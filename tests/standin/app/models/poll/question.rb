# frozen_string_literal: true

class Poll
  class Question < ApplicationRecord
    include Hideable
    include Translatable

    translates :title

    belongs_to :poll
    belongs_to :author, class_name: "User"
    has_many :question_options, -> { order(:given_order) }, class_name: "Poll::Question::Option",
                                                            dependent: :destroy, inverse_of: :question
    has_many :answers, class_name: "Poll::Answer", dependent: :restrict_with_exception
    has_one :votation_type, as: :questionable, dependent: :destroy, autosave: true

    validates :title, presence: true, length: { minimum: 4 }
    validates :author, :poll, presence: true

    default_scope { order(:created_at) }

    delegate :multiple?, :open?, to: :votation_type, allow_nil: true

    def max_votes = multiple? ? votation_type.max_votes : 1
  end
end
