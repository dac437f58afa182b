# The parameters of template.yaml, which says more about each, under Terraform's names.

variable "name" {
  type        = string
  default     = "dcs-migration-watch"
  description = "Of the stack, and with it of the function, its log and its alarms."
}

variable "zip" {
  type        = string
  description = "The released zip on this machine: dcs-migration-watch.zip."
}

variable "code_bucket" {
  type        = string
  description = "A bucket of yours in this region, for the zip."
}

variable "config" {
  type        = string
  default     = null
  description = "The text of watch.yml, to be kept in config_parameter: file(\"watch.yml\"). Without it somebody else keeps it there."
}

variable "config_parameter" {
  type        = string
  default     = "/dcs-migration-watch/config"
  description = "The SSM parameter with the configuration; empty when watch.yml is in the zip."
}

variable "secret_path" {
  type        = string
  default     = "/dcs-migration-watch"
  description = "The configuration may refer to the SSM parameters below this path."
}

variable "secret_arns" {
  type        = list(string)
  default     = []
  description = "Secrets of the Secrets Manager that the configuration refers to."
}

variable "event_bus_arns" {
  type        = list(string)
  default     = []
  description = "EventBridge buses that channels name."
}

variable "alarm_topic_arn" {
  type        = string
  default     = ""
  description = "An SNS topic of yours that is told of alarms."
}

variable "alarm_email" {
  type        = string
  default     = ""
  description = "An address that is told of alarms, where there is no topic."
}

variable "schedule_minutes" {
  type        = number
  default     = 1
  description = "Minutes between two ticks: 1, 2, 5 or 10."
}

variable "memory_size" {
  type        = number
  default     = 512
  description = "Megabytes of the function."
}

variable "log_retention_days" {
  type        = number
  default     = 30
  description = "Days that the function's log is kept."
}
