# frozen_string_literal: true

module Admin
  class DashboardController < ApplicationController
    before_action :authenticate_user!
    before_action -> { raise AccessDenied unless current_user.administrator? }

    def index
      @settings = Setting.reorder(:key)
      @counts = { users: User.count, administrators: Administrator.count, jobs: Delayed::Job.count }
    end
  end
end
