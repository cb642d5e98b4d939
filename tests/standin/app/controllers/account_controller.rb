# frozen_string_literal: true

class AccountController < ApplicationController
  before_action :authenticate_user!

  def show; end
end
