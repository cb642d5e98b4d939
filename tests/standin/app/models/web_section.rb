# frozen_string_literal: true

class WebSection < ApplicationRecord
end
