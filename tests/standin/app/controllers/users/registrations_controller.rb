# frozen_string_literal: true

module Users
  class RegistrationsController < ApplicationController
    def new
      @user = User.new
    end

    def create
      @user = User.new(user_params.merge(locale: I18n.locale.to_s))
      if @user.save
        redirect_to users_sign_up_success_path
      else
        render :new, status: :unprocessable_entity
      end
    end

    def success; end

    private

    def user_params
      params.require(:user).permit(:username, :email, :password, :password_confirmation, :terms_of_service)
    end
  end
end
