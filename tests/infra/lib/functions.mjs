// The functions of Bicep that infra/ may call: how many arguments they take and what they give.
// https://learn.microsoft.com/azure/azure-resource-manager/bicep/bicep-functions
const of = (gives, min, max = min) => ({ gives, min, max });

export const functions = {
  cidrSubnet: of('string', 3), concat: of('any', 1, 100), contains: of('bool', 2), empty: of('bool', 1), environment: of('any', 0),
  format: of('string', 1, 100), guid: of('string', 1, 100), items: of('array', 1), join: of('string', 2), length: of('int', 1), map: of('array', 2),
  readEnvironmentVariable: of('string', 1, 2), replace: of('string', 3), resourceGroup: of('any', 0, 2), string: of('string', 1),
  subscription: of('any', 0, 1), subscriptionResourceId: of('string', 2, 100), take: of('any', 2), toLower: of('string', 1), toObject: of('object', 2, 3),
  toUpper: of('string', 1), union: of('any', 2, 100), uniqueString: of('string', 1, 100),
};
