# frozen_string_literal: true

# Who comes from a provider of logins that tells no name gets one made of the
# number by which the provider knows them, or of their e-mail address. Everybody
# would read that: such a name is asked for instead.
load Rails.root.join("app", "controllers", "users", "omniauth_callbacks_controller.rb")
overlay = Rails.root.join("config", "overlay", "omniauth_callbacks_controller.rb")
load overlay if overlay.exist?

module Users
  class OmniauthCallbacksController
    module NoNumberForAName
      private

      def save_user
        @user.username = nil if @user.new_record? && gives_away?(@user.username.to_s)
        super
      end

      def gives_away?(name)
        auth = request.env["omniauth.auth"]
        number = auth.uid.to_s
        name.include?("@") || [number, auth.info.nickname].include?(name) || (number.size > 3 && name.include?(number))
      end
    end

    prepend NoNumberForAName
  end
end
