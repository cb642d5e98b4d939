# frozen_string_literal: true

class Poll
  class Voter < ApplicationRecord
    belongs_to :poll
    belongs_to :user
  end
end
