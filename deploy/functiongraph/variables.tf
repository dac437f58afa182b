variable "region" {
  description = "The region of the function, its Redis and its log."
  type        = string
}

variable "project_name" {
  description = "The name of the IAM project of the function. Default: that of the region."
  type        = string
  default     = null
}

variable "watched_projects" {
  description = "The names of other IAM projects of this account whose tasks are watched (eu-west-101, eu-west-101_prod)."
  type        = list(string)
  default     = []
}

variable "agency_roles" {
  description = "The names of further roles or policies of the agency: for channels of SMN one with smn:topic:publish."
  type        = list(string)
  default     = []
}

variable "name" {
  description = "The name of the function, and the beginning of the names of everything beside it."
  type        = string
  default     = "dcs-migration-watch"
}

variable "package" {
  description = "The zip that npm run package:functiongraph wrote."
  type        = string
  default     = "../../.functiongraph/dcs-migration-watch.zip"
}

variable "runtime" {
  description = "Node.js20.15, or the word of the region for 22.18."
  type        = string
  default     = "Node.js20.15"
}

variable "memory_size" {
  description = "Megabytes. FunctionGraph gives 0.1 CPU for each 128."
  type        = number
  default     = 512
}

variable "timeout" {
  description = "The longest that one tick may take, in seconds."
  type        = number
  default     = 120
}

variable "schedule_minutes" {
  description = "Minutes between two ticks: 1, 2, 5 or 10. The timer, the function and the periods of the alarms follow."
  type        = number
  default     = 1

  validation {
    condition     = contains([1, 2, 5, 10], var.schedule_minutes)
    error_message = "Set schedule_minutes to 1, 2, 5 or 10: an alarm looks at five ticks, and at most at an hour."
  }
}

variable "run_per_project" {
  description = "Lets the function start a run of itself for each project where there are many tasks. With one project, false: it may then start nothing."
  type        = bool
  default     = true
}

variable "max_instances" {
  description = "The most instances at a time. Where each project has runs of its own: the number of projects, and two more."
  type        = number
  default     = 10
}

variable "variables" {
  description = "Variables that the configuration refers to and that are no secrets."
  type        = map(string)
  default     = {}
}

variable "encrypted_variables" {
  description = "Variables that the configuration refers to and that are secrets: addresses of chats, signing secrets."
  type        = map(string)
  default     = {}
  sensitive   = true
}

variable "redis_url" {
  description = "An existing Redis for the state, redis://:PASSWORD@HOST:PORT, reachable from the subnet. Default: one is made."
  type        = string
  default     = null
  sensitive   = true
}

variable "redis_ca" {
  description = "The certificate of the CA of a redis_url that begins with rediss://, as PEM: file(\"ca.crt\"). Default: what Node.js trusts."
  type        = string
  default     = null
}

variable "redis_password" {
  description = "The password of the Redis that is made: 8 to 32 characters of three kinds."
  type        = string
  default     = null
  sensitive   = true
}

variable "redis_flavor" {
  description = "The flavor of the Redis that is made: master/standby, so that a second node confirms each write."
  type        = string
  default     = "redis.ha.xu1.tiny.r2.128"
}

variable "redis_capacity" {
  description = "Gigabytes, as the flavor has them. 0.125 is enough for thousands of tasks."
  type        = number
  default     = 0.125
}

variable "redis_availability_zones" {
  description = "The zones of its two nodes. Default: the first two of the region, or its only one."
  type        = list(string)
  default     = null
}

variable "vpc_id" {
  description = "An existing VPC. Default: one is made, with a subnet."
  type        = string
  default     = null
}

variable "subnet_id" {
  description = "The network id of an existing subnet of that VPC."
  type        = string
  default     = null
}

variable "vpc_cidr" {
  description = "The addresses of the VPC that is made, and of its one subnet: unlike those of the instances that are migrated."
  type        = string
  default     = "10.203.77.0/26"
}

variable "dns_servers" {
  description = "DNS servers of the subnet that is made: the private ones of the region, which the FAQ of DNS lists. Default: none, as the API makes it."
  type        = list(string)
  default     = null
}

variable "make_nat" {
  description = "Makes a NAT gateway with an EIP, without which a function in a VPC reaches neither DCS nor any chat. Default: in a VPC that is made."
  type        = bool
  default     = null
}

variable "log_days" {
  description = "How long log lines are kept."
  type        = number
  default     = 30
}

variable "alarm_topic" {
  description = "An SMN topic that is told of alarms. Default: the console of LTS alone shows them."
  type = object({
    name      = string
    urn       = string
    user_name = string
    template  = optional(string, "keywords_template")
    language  = optional(string, "en-us")
  })
  default = null
}
