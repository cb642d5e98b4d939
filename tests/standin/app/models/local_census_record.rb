# frozen_string_literal: true

class LocalCensusRecord < ApplicationRecord
end
