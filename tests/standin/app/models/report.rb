# frozen_string_literal: true

# What is shown of a poll that has ended.
class Report < ApplicationRecord
  belongs_to :process, polymorphic: true
end
