/** For serverless.yml: who is told of alarms. Without a topic of the user's own the alarms only show. */
const topic = process.env.ALARM_TOPIC_ARN ?? '';
if (topic !== '' && !/^arn:[\w-]+:sns:[\w-]+:\d{12}:[\w-]+$/.test(topic)) {
  throw new Error('ALARM_TOPIC_ARN is not the ARN of an SNS topic (arn:aws:sns:region:account:name)');
}

module.exports = topic === '' ? [] : [topic];
