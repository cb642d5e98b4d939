# frozen_string_literal: true

module Legislation
  class Proposal < ApplicationRecord
    include Hideable

    belongs_to :author, class_name: "User"
    belongs_to :process, class_name: "Legislation::Process", foreign_key: "legislation_process_id",
                         inverse_of: :proposals

    validates :title, length: { in: 4..80 }
    validates :summary, :author, :process, presence: true
    validates :terms_of_service, acceptance: { allow_nil: false }, on: :create
  end
end
