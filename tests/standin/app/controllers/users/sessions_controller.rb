# frozen_string_literal: true

module Users
  class SessionsController < ApplicationController
    def new; end

    def create
      user = User.find_for_login(login_params[:login])
      if !user&.valid_password?(login_params[:password])
        refuse(:wrong_login)
      elsif !user.confirmed?
        refuse(:unconfirmed)
      else
        enter(user)
      end
    end

    def destroy
      reset_session
      redirect_to root_path, notice: t("flash.signed_out"), status: :see_other
    end

    private

    def login_params
      params.require(:user).permit(:login, :password)
    end

    def refuse(reason)
      flash.now[:alert] = t("flash.#{reason}")
      render :new, status: :unprocessable_entity
    end

    def enter(user)
      return_to = session[:return_to]
      reset_session
      session[:user_id] = user.id
      session[:locale] = I18n.locale.to_s
      user.signed_in!(request.remote_ip)
      redirect_to return_to || root_path, notice: t("flash.signed_in")
    end
  end
end
