# frozen_string_literal: true

class Budget
  class Group < ApplicationRecord
    include Sluggable
    include Translatable

    translates :name

    belongs_to :budget
    has_many :headings, class_name: "Budget::Heading", dependent: :destroy, inverse_of: :group

    validates :name, :budget, presence: true
    validate :name_is_new

    private

    def name_is_new
      others = Group.where(budget_id:).where.not(id:).includes(:translations)
      errors.add(:name, :taken) if others.flat_map { |group| group.translations.map(&:name) }.include?(name)
    end
  end
end
