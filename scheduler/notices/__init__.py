"""Notices: alarms, and what offices changed, told by mail, webhook, 企业微信, 钉钉, 飞书 and more."""
