# frozen_string_literal: true

class Budget
  class Investment < ApplicationRecord
    include Hideable
    include Translatable

    translates :title, :description

    belongs_to :budget
    belongs_to :group, class_name: "Budget::Group"
    belongs_to :heading, class_name: "Budget::Heading"
    belongs_to :author, class_name: "User"
    has_many :lines, class_name: "Budget::Ballot::Line", dependent: :restrict_with_exception

    validates :title, length: { in: 4..80 }
    validates :description, :heading, :author, presence: true
    validates :terms_of_service, acceptance: { allow_nil: false }, on: :create

    scope :selected, -> { where(selected: true) }
  end
end
