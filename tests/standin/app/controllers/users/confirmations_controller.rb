# frozen_string_literal: true

module Users
  class ConfirmationsController < ApplicationController
    def show
      token = params[:confirmation_token].presence
      user = User.find_by(confirmation_token: token) if token
      if user&.confirm
        redirect_to new_user_session_path, notice: t("flash.confirmed")
      else
        render :show, status: :unprocessable_entity
      end
    end
  end
end
