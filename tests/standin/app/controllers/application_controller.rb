# frozen_string_literal: true

class ApplicationController < ActionController::Base
  class AccessDenied < StandardError; end

  around_action :switch_locale
  helper_method :current_user

  rescue_from AccessDenied do
    redirect_to root_path, alert: t("flash.denied")
  end
  # Not an error: anybody may ask for any address, and the log is read for errors.
  rescue_from(ActiveRecord::RecordNotFound) { not_found }

  private

  def not_found
    render file: Rails.public_path.join("404.html"), status: :not_found, layout: false
  end

  def current_user
    @current_user ||= User.find_by(id: session[:user_id]) if session[:user_id]
  end

  def authenticate_user!
    return if current_user

    session[:return_to] = request.fullpath
    redirect_to new_user_session_path, alert: t("flash.log_in_first")
  end

  def switch_locale(&)
    enabled = Setting.enabled_locales.map(&:to_s)
    locale = [params[:locale], session[:locale]].find { |candidate| enabled.include?(candidate) }
    locale ||= Setting.default_locale.to_s
    session[:locale] = locale
    I18n.with_locale(locale, &)
  end
end
