# frozen_string_literal: true

module Legislation
  class Process < ApplicationRecord
    include Hideable
    include Taggable
    include Translatable

    # What each phase is switched on by, and its first and last day.
    PHASES = {
      "draft" => %i[draft_phase_enabled draft_start_date draft_end_date],
      "debate" => %i[debate_phase_enabled debate_start_date debate_end_date],
      "proposals" => %i[proposals_phase_enabled proposals_phase_start_date proposals_phase_end_date],
      "allegations" => %i[allegations_phase_enabled allegations_start_date allegations_end_date]
    }.freeze

    translates :title, :summary, :description, :additional_info
    tagged_as :customs

    has_many :draft_versions, -> { order(:id) }, class_name: "Legislation::DraftVersion", inverse_of: :process,
                                                 foreign_key: "legislation_process_id", dependent: :destroy
    has_many :questions, -> { order(:id) }, class_name: "Legislation::Question", inverse_of: :process,
                                            foreign_key: "legislation_process_id", dependent: :destroy
    has_many :proposals, class_name: "Legislation::Proposal", inverse_of: :process,
                         foreign_key: "legislation_process_id", dependent: :destroy
    has_many :milestones, as: :milestoneable, dependent: :destroy, class_name: "::Milestone"
    has_many :documents, as: :documentable, dependent: :destroy, class_name: "::Document"
    has_one :image, as: :imageable, dependent: :destroy, class_name: "::Image"

    validates :title, :start_date, :end_date, presence: true
    validates :end_date, comparison: { greater_than_or_equal_to: :start_date }, if: -> { start_date && end_date }
    validates :result_publication_date, presence: true, if: :result_publication_enabled?
    PHASES.each_value do |enabled, first, last|
      validates first, last, presence: true, if: enabled
      validates last, comparison: { greater_than_or_equal_to: first }, if: -> { self[first] && self[last] }
    end

    scope :shown, -> { where(published: true).order(:start_date) }

    def days(phase)
      enabled, first, last = PHASES.fetch(phase)
      self[first]..self[last] if self[enabled]
    end

    def open?(phase) = days(phase)&.cover?(Date.current) || false
    def begun?(phase) = days(phase).present? && days(phase).first <= Date.current
  end
end
